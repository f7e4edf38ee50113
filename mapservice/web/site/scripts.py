"""The scripts and styles of a page: modules with preload links for all their imports, or one bundle."""

from flask import Flask, url_for
from markupsafe import Markup

from mapservice.maps import modules


def init_app(app: Flask) -> None:
    """Add the template functions ``page_script`` and ``styles``."""
    app.jinja_env.globals.update(page_script=page_script, styles=styles)


def page_script(name: str) -> Markup:
    """Return the element of a script under static/js/, such as "places/location".

    It is preceded by its imports: a browser would find them one after the other, which is slow on a slow line.
    """
    file = f"js/{name}.js"
    links = [_address('<link rel="modulepreload" href="{}">', needed) for needed in modules.imported_by(file)]
    return Markup("\n").join([*links, _address('<script type="module" src="{}"></script>', file)])


def styles(bundle: str) -> Markup:
    """Return the link to a bundle of styles, such as "site"."""
    return _address('<link rel="stylesheet" href="{}">', f"bundles/{bundle}.css")


def _address(element: str, file: str) -> Markup:
    return Markup(element).format(url_for("static", filename=file))  # noqa: S704 -- both elements are built above
