"""The databases of the tests themselves."""

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError

from mapservice.db import commit, get_session, outages
from mapservice.store.tables import StaffRole
from testing.releasing import as_owner


@pytest.mark.parametrize("time", [1, 2])
def test_what_a_test_commits_is_gone_in_the_next(session, time):
    assert session.scalar(select(func.count()).select_from(StaffRole).filter_by(name="left behind")) == 0

    with as_owner(session):
        session.add(StaffRole(name="left behind", description=""))
        session.commit()

    assert session.scalar(select(func.count()).select_from(StaffRole).filter_by(name="left behind")) == 1


def test_pages_have_no_right_to_change_tables(session):
    with pytest.raises(ProgrammingError, match="must be owner"):
        session.execute(text("drop table staff_role"))


def test_a_page_is_served_on_the_test_s_connection(client):
    assert client.get("/sources").status_code == 200


def test_only_a_commit_may_have_written_not_the_end_of_a_savepoint(app):
    with app.test_request_context(), outages.recording() as trouble:
        with get_session().begin_nested():
            get_session().execute(text("select 1"))
        assert not trouble.may_have_written

        commit(get_session())

        assert trouble.may_have_written
