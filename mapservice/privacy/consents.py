"""The kinds of consent."""

from enum import StrEnum


class ConsentKind(StrEnum):
    """A kind of consent, in the order in which it is asked for."""

    TAKING_PART = "taking_part"  # to have an account; ends with it
    JOINED = "joined"  # to be a member of the community of a condition; ends with the membership
    SHOWN = "shown"  # to be on its map
    FINER = "finer"  # to be shown there more finely than is offered
    COUNTED = "counted"  # to be one of its published figures; being shown is another
    REMEMBERED = "remembered"  # after a death: to count the person as remembered; outlives the membership


#: The consents that are given and withdrawn separately for each condition.
IN_A_CONDITION = (ConsentKind.JOINED, ConsentKind.SHOWN, ConsentKind.FINER, ConsentKind.COUNTED)
