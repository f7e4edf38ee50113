"""The forms for showing a hidden membership again, and for showing the new zone after a move."""

from wtforms import HiddenField, PasswordField

from mapservice.web.site.forms import Form, Tick


class ShowAgainForm(Form):
    """The act of hiding to undo, and the password if it was sent with the form."""

    act = HiddenField()
    step_up_password = PasswordField()


class ShowThereForm(Form):
    """The second consent, if the new zone needs one."""

    finer = Tick()
