"""A home planted in what the database writes to its disk is found, in whatever form."""

import pytest
from sqlalchemy import text

from bench.attacks import service, traces
from bench.attacks.canary import in_bytes, new_canary
from bench.attacks.files import watched
from testing.accounts import new_member

#: Statements that leave a home somewhere: as text, as a number of JSON, as raw bytes, as a point; in the log of writes
#: alone; in the log of the server alone.
PLANTED = {
    "text": "update member set pseudonym = :lng || ' ' || :lat",
    "json": "insert into operation (id, member_id, result) select gen_random_uuid(), id, "
    "jsonb_build_object('lat', cast(:lat as numeric)) from member",
    "bytes": "insert into login_session (token_hash, data) values (float8send(cast(:lng as float8)), '{}')",
    "base64": "update member set pseudonym = encode(float8send(cast(:lng as float8)) "
    "|| float8send(cast(:lat as float8)), 'base64')",
    "metres": "insert into allowance (key, tokens, filled_at) values "
    "('', st_x(st_transform(st_setsrid(st_makepoint(cast(:lng as float8), cast(:lat as float8)), 4326), 3857)), now())",
    "log of writes": "select pg_logical_emit_message(false, 'home', :lng || ' ' || :lat)",
    "log of the server": "select set_config('home.at', :lng || ' ' || :lat, true)",
}


@pytest.mark.parametrize("statement", PLANTED.values(), ids=PLANTED)
def test_a_home_in_a_file_is_found(context, statement):
    home = new_canary()

    with service.service(context) as (_app, session, connection), watched(context.state, connection) as files:
        new_member(session, "somebody@example.org")
        assert files.hits(in_bytes(home)) == 0
        connection.exec_driver_sql("reset role")
        connection.execute(text(statement), {"lng": str(home.lng), "lat": str(home.lat)})
        connection.exec_driver_sql("do $$ begin raise log 'home: %%', current_setting('home.at', true); end $$")
        assert files.hits(in_bytes(home)) > 0


def test_a_home_in_the_header_of_an_answer_is_found(context):
    home = new_canary()

    with service.service(context) as (app, _session, _connection):
        answer = app.test_client().get("/sources")
    answer.headers["Location"] = f"/near/{home.lng}"

    assert traces.hits(traces._read(answer), home) > 0
