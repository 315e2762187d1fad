"""ClamAV in GuardDuty's place: the program, the daemon, and the worker between queue and events."""

import io
import json
import shutil
import socket
import struct
import threading
from hashlib import md5
from types import SimpleNamespace
from typing import Any

import pytest

from adapters.clamav import CHUNK, Clamd, Clamscan, Found, Worker
from adapters.malware import CLEAN, FAILED, INFECTED, scanned_of
from casework.errors import Unavailable
from local.scanner import EICAR


@pytest.fixture(scope="module")
def clamscan(tmp_path_factory) -> Clamscan:
    """With a database of one signature: the office's own take a minute to load."""
    if shutil.which("clamscan") is None:
        pytest.skip("ClamAV is not installed: apt install clamav")
    database = tmp_path_factory.mktemp("signatures")
    digest = md5(EICAR, usedforsecurity=False).hexdigest()
    (database / "test.hdb").write_text(f"{digest}:{len(EICAR)}:Opora.Test.Eicar\n")
    return Clamscan(str(database))


class TestClamscan:
    def test_the_test_file_is_infected(self, clamscan):
        assert clamscan.scan(EICAR) == Found(INFECTED, "Opora.Test.Eicar.UNOFFICIAL")

    def test_what_is_not_is_clean(self, clamscan):
        assert clamscan.scan(b"%PDF-1.7 nothing to see") == Found(CLEAN)

    def test_without_signatures_it_says_nothing_of_the_file(self, tmp_path):
        with pytest.raises(Unavailable):
            Clamscan(str(tmp_path / "none")).scan(b"a scan")


class Daemon:
    """clamd as clamd(8) describes INSTREAM; `answer` to whatever is sent."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._door = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._door.getsockname()[1]}"
        self.heard = b""
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with self._door:
            connection, _ = self._door.accept()
        with connection, connection.makefile("rb") as said:
            assert said.read(10) == b"zINSTREAM\0"
            while length := struct.unpack(">I", said.read(4))[0]:
                self.heard += said.read(length)
            connection.sendall(self._answer)


class TestClamd:
    @pytest.mark.parametrize(
        ("answer", "found"),
        [
            (b"stream: OK\0", Found(CLEAN)),
            (b"stream: Win.Test.EICAR_HDB-1 FOUND\0", Found(INFECTED, "Win.Test.EICAR_HDB-1")),
            (b"INSTREAM size limit exceeded. ERROR\0", Found(FAILED)),
            (b"", Found(FAILED)),
        ],
    )
    def test_its_answer_is_the_verdict(self, answer, found):
        assert Clamd(Daemon(answer).address).scan(b"a scan") == found

    @pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK + 1, 3 * CHUNK])
    def test_every_byte_reaches_it(self, size):
        daemon = Daemon(b"stream: OK\0")
        Clamd(daemon.address).scan(b"x" * size)
        assert daemon.heard == b"x" * size

    @pytest.mark.parametrize("address", ["127.0.0.1:1", "/nowhere/clamd.sock"])
    def test_when_it_is_down_nothing_is_said_of_the_file(self, address):
        with pytest.raises(Unavailable):
            Clamd(address).scan(b"a scan")


# ---- the worker ---------------------------------------------------------------------------------


class Gone(Exception):
    pass


class Cloud:
    """A queue, a bucket and a bus, as far as the worker uses them."""

    exceptions = SimpleNamespace(NoSuchKey=Gone)

    def __init__(self, **objects: bytes) -> None:
        self.objects, self.told, self.full = objects, [], False
        self.messages = {key: _uploaded(key) for key in objects}

    def receive_message(self, **_: Any) -> dict[str, Any]:
        return {"Messages": [{"Body": b, "ReceiptHandle": k} for k, b in self.messages.items()]}

    def delete_message(self, **asked: str) -> None:
        del self.messages[asked["ReceiptHandle"]]

    def get_object(self, **asked: str) -> dict[str, Any]:
        if asked["Key"] not in self.objects:
            raise Gone
        return {"Body": io.BytesIO(self.objects[asked["Key"]]), "ETag": '"e1"'}

    def put_events(self, **asked: list[dict[str, str]]) -> dict[str, int]:
        self.told += [] if self.full else asked["Entries"]
        return {"FailedEntryCount": int(self.full)}


def _uploaded(key: str) -> str:
    return json.dumps({"detail": {"bucket": {"name": "uploads"}, "object": {"key": key}}})


class FakeClam:
    def scan(self, data: bytes) -> Found:
        return Found(INFECTED, "Eicar") if data == EICAR else Found(CLEAN)


@pytest.fixture
def cloud() -> Cloud:
    return Cloud(good=b"a scan", bad=EICAR)


def worker(cloud: Cloud, clam: Any = None) -> Worker:
    return Worker(cloud, cloud, cloud, "queue", clam or FakeClam())


class TestWorker:
    def test_verdicts_are_told_in_the_shape_of_guardduty(self, cloud):
        assert worker(cloud).work() == 2
        heard = [scanned_of({"detail": json.loads(told["Detail"])}) for told in cloud.told]
        assert heard == [("good", "e1", CLEAN), ("bad", "e1", INFECTED)]
        assert [scanned.verdict for scanned in heard] == ["clean", "infected"]
        assert {told["Source"] for told in cloud.told} == {"opora.clamav"}
        assert cloud.messages == {}

    def test_what_is_gone_is_passed_over(self, cloud):
        del cloud.objects["bad"]
        worker(cloud).work()
        assert (len(cloud.told), cloud.messages) == (1, {})

    def test_what_cannot_be_scanned_or_told_now_comes_again(self, cloud):
        with pytest.raises(Unavailable):
            worker(cloud, Clamd("/nowhere/clamd.sock")).work()
        cloud.full = True
        with pytest.raises(Unavailable):
            worker(cloud).work()
        assert len(cloud.messages) == 2
