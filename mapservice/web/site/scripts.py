"""The scripts of a page: each a module, with all that it imports asked for at once."""

from flask import Flask, url_for
from markupsafe import Markup

from mapservice.maps import modules


def init_app(app: Flask) -> None:
    """Let templates name their scripts."""
    app.jinja_env.globals["page_script"] = page_script


def page_script(name: str) -> Markup:
    """Return the element of a script under static/js/, such as "places/location".

    Its imports stand before it: a browser would find them one after the other, which takes long on a slow line.
    """
    file = f"js/{name}.js"
    links = [_address('<link rel="modulepreload" href="{}">', needed) for needed in modules.imported_by(file)]
    return Markup("\n").join([*links, _address('<script type="module" src="{}"></script>', file)])


def _address(element: str, file: str) -> Markup:
    return Markup(element).format(url_for("static", filename=file))  # noqa: S704 -- both elements stand above
