"""A community map for people who live with a disease, that does not give away where they live."""

from typing import TYPE_CHECKING, Any

from mapservice.config import HOME, VERSION, Config

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Connection, Engine

__version__ = VERSION


def create_app(
    config: Config | None = None, *, engine: "Engine | Connection | None" = None, **overrides: Any
) -> "Flask":
    """Return the web application. This is the only place that knows every package.

    ``overrides`` are Flask settings with precedence over ours; a test passes its own connection as ``engine``.
    """
    # Imported here, because each command imports this package, and few need all of it.
    from flask import Flask

    from mapservice import db, web
    from mapservice.hosting import embedded
    from mapservice.keys import load_key
    from mapservice.withdrawal_log import WithdrawalLog

    config = config or Config.from_environment()
    app = Flask("mapservice", template_folder=str(HOME / "templates"), static_folder=None)
    app.extensions["config"] = config
    app.config.update(
        SECRET_KEY=load_key(config, "secret_key").hex(),
        ANCHOR_KEY=load_key(config, "anchor_key"),
        MAX_CONTENT_LENGTH=256 * 1024,
        MAX_FORM_MEMORY_SIZE=256 * 1024,
        TRUSTED_HOPS=config.trusted_hops,
    )
    app.config.update(overrides)
    withdrawals = WithdrawalLog.of(config)
    engine = engine if engine is not None else db.new_engine(embedded.runtime_url(config))
    db.init_app(app, engine, withdrawals)
    web.init_app(app, config)
    return app
