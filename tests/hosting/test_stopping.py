"""How a process is told to stop: at any moment, by any number of signals, and no signal is lost."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from mapservice.config import HOME
from mapservice.hosting.stopping import Stop

# Waits for a stop, as all processes of the service do, and is told so again and again in the middle of being told.
TOLD_AGAIN = """
import os, signal, sys
from mapservice.hosting.stopping import stop_on_signals

stop = stop_on_signals()
first = True

def tell_again(frame, event, argument):
    global first
    if first and event == "call" and frame.f_code.co_name == "set":
        first = False
        return in_the_middle

def in_the_middle(frame, event, argument):
    if event == "line":
        os.kill(os.getpid(), signal.SIGTERM)
    return in_the_middle

sys.settrace(tell_again)
print("ready", flush=True)
while not stop.wait(0.05):
    pass
print("stopped", flush=True)
"""

# Makes a fork, which is asked to stop before it has done anything.
ASKED_AT_ONCE = """
import os, signal, time
from mapservice.hosting.stopping import end_on_signals, signals_blocked, stop_on_signals

stop_on_signals()
with signals_blocked():
    child = os.fork()
    if not child:
        time.sleep(0.5)
        end_on_signals()
        time.sleep(60)
os.kill(child, signal.SIGTERM)
print(os.waitpid(child, 0)[1], flush=True)
"""


def started(code: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=HOME,
        stdout=subprocess.PIPE,
        text=True,
        # These tests may run under nohup(1), which has a closed terminal ignored.
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
    )


def test_is_told_once_and_for_all():
    stop = Stop()
    assert not stop.is_set()

    for _ in range(100_000):  # more than a pipe holds
        stop.set()

    assert stop.is_set()
    assert stop.wait(60)


def test_every_thread_is_told():
    stop, ended = Stop(), []
    threads = [threading.Thread(target=lambda: ended.append(stop.wait(60))) for _ in range(3)]
    for thread in threads:
        thread.start()

    stop.set()
    for thread in threads:
        thread.join(30)

    assert ended == [True] * 3


def test_a_wait_ends_when_its_time_is_over():
    assert not Stop().wait(0.05)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_never_hangs_when_it_is_told_again_in_the_middle_of_being_told(number):
    with started(TOLD_AGAIN.replace("SIGTERM", number.name)) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            process.send_signal(number)

            assert process.communicate(timeout=30)[0] == "stopped\n"
        finally:
            process.kill()


def test_never_loses_a_signal_that_reaches_a_fork_before_it_is_itself():
    with started(ASKED_AT_ONCE) as process:
        try:
            assert os.WTERMSIG(int(process.communicate(timeout=30)[0])) == signal.SIGTERM
        finally:
            process.kill()
