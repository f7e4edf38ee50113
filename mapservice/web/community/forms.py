"""The forms of a community: joining or changing the role, being counted, withdrawing a consent."""

from wtforms import Field, HiddenField, RadioField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import AnyOf, DataRequired

from mapservice.i18n.labels import ROLES
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.consents import IN_A_CONDITION
from mapservice.store.tables import Membership
from mapservice.web.accounts import display_names
from mapservice.web.site.forms import Form, Tick


class JoinForm(Form):
    """Role and name of a member. Without the name field the form does not change the name."""

    role = RadioField(
        _l("I take part as"),
        choices=[SelectChoice(role.value, words) for role, words in ROLES.items()],
        invalid_choice_message=_l("Choose your role."),
    )
    for_minor = Tick(_l("I represent someone under 18"))
    pseudonym = StringField(
        _l("A different name for this community (optional)"), render_kw={"autocomplete": "off", "maxlength": "40"}
    )
    consent = Tick(validators=[DataRequired(_l("We cannot store anything without your consent, so you cannot join."))])
    counted = Tick()

    @classmethod
    def of(cls, membership: Membership | None) -> "JoinForm":
        """Return the form with the present values of a member, empty for a new one."""
        if membership is None:
            return cls(formdata=None)
        stored = {
            "role": membership.role,
            "pseudonym": membership.pseudonym or "",
            "for_minor": membership.for_minor,
            "consent": True,
            "counted": membership.counted_since is not None,
        }
        return cls(formdata=None, data=stored)

    def with_typed_values(self, membership: Membership | None) -> "JoinForm":
        """Return the form with the present values, but the role and the name that were typed into this outdated one."""
        form = JoinForm.of(membership)
        form.role.data = self.role.data
        if self.pseudonym.data is not None:
            form.pseudonym.data = self.pseudonym.data
        return form

    def validate_pseudonym(self, field: Field) -> None:
        """Reject a name that is not allowed."""
        if field.data is not None:
            field.data = display_names.normalize_name(field.data)
        problem = display_names.problem(field.data) if field.data else None
        if problem:
            raise ValidationError(problem)


class CountForm(Form):
    """The consent to be counted."""

    counted = Tick(validators=[DataRequired(_l("If you want to be counted, tick the box first."))])


class RevokeForm(Form):
    """The consent to withdraw, named by the button."""

    kind = HiddenField(validators=[AnyOf(IN_A_CONDITION)])
