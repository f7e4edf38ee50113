"""The forms of places: showing again what was hidden, and showing in a new zone what a move took off the map."""

from wtforms import HiddenField, PasswordField

from mapservice.web.site.forms import Form, Tick


class ShowAgainForm(Form):
    """The act of hiding that is undone, and the password where it came along."""

    act = HiddenField()
    step_up_password = PasswordField()


class ShowThereForm(Form):
    """The second consent, where the new zone needs one."""

    finer = Tick()
