import base64
import json

import boto3
import pytest

from adapters.user_pool import UserPool
from local import snapshot, users


@pytest.fixture
def filled(cloud, table):
    """A cloud with something of everything, three days later."""
    content = {"n": 1, "list": ["a", {"b": True}], "none": None, "bytes": b"\x00\xff", "set": {"x"}}
    table.put_item(Item={"pk": "A-1", "sk": "EVENT#1", **content})
    boto3.client("s3").put_object(
        Bucket=cloud.outputs["Uploads"],
        Key="in/фото",
        Body=b"\xff\xd8",
        ContentType="image/jpeg",
        Metadata={"case": "A-1"},
        Tagging="checked=yes",
    )
    cloud.sign_in("anna", groups=["officers"], attributes={"custom:region": "77"})
    cloud.advance(days=3)
    return cloud


@pytest.fixture
def restored(filled, app, tmp_path):
    snapshot.save(filled, tmp_path / "state")
    filled.reset()
    app.forget()
    assert snapshot.restore(filled, tmp_path / "state")
    return filled


def test_items_objects_and_people_come_back(filled, table, app, tmp_path):
    claims = _claims(filled.sign_in("anna"))
    before = table.scan()["Items"]
    snapshot.save(filled, tmp_path)
    filled.reset()
    snapshot.restore(filled, tmp_path)

    assert table.scan()["Items"] == before
    stored = boto3.client("s3").get_object(Bucket=filled.outputs["Uploads"], Key="in/фото")
    assert stored["Body"].read() == b"\xff\xd8"
    assert (stored["ContentType"], stored["Metadata"]) == ("image/jpeg", {"case": "A-1"})
    again = _claims(filled.sign_in("anna"))
    for kept in ("sub", "cognito:groups", "custom:region"):
        assert again[kept] == claims[kept]


def test_a_password_that_somebody_chose_himself_is_still_his(filled, tmp_path):
    kinds = ("AWS::Cognito::UserPool", "AWS::Cognito::UserPoolClient")
    ids = [filled.stack.of_type(kind)[0].physical_resource_id for kind in kinds]
    pool = UserPool(boto3.client("cognito-idp"), *ids)
    pool.add("berta", "+79991234567", "berta@example.org", "Kolokolchik-77")
    snapshot.save(filled, tmp_path)
    filled.reset()
    snapshot.restore(filled, tmp_path)
    assert pool.token("berta", "Kolokolchik-77")
    assert pool.token("berta", users.PASSWORD) is None
    assert pool.token("anna", users.PASSWORD)
    assert _claims(filled.sign_in("berta"))["cognito:username"] == "berta"
    kept = tmp_path / snapshot.FILE
    assert kept.stat().st_mode & 0o077 == 0  # nobody else's to read
    told = json.loads(kept.read_text())
    for person in told["people"]:
        del person["password"]
    kept.write_text(json.dumps(told))  # as it was saved until now
    filled.reset()
    assert snapshot.restore(filled, tmp_path)
    assert pool.token("berta", users.PASSWORD)


def _claims(token):
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


def test_nothing_of_it_is_told_again(restored, app):
    restored.advance(minutes=5)
    assert dict(app.seen) == {}


def test_new_changes_are_told(restored, table, app):
    table.put_item(Item={"pk": "A-1", "sk": "EVENT#2"})
    restored.settle()
    assert app.seen["changes"] == ["EVENT#2"]


def test_the_clock_keeps_its_offset_to_real_time(filled, tmp_path):
    before = filled.now()
    snapshot.save(filled, tmp_path)
    filled.reset()
    snapshot.restore(filled, tmp_path)
    assert 0 <= (filled.now() - before).total_seconds() < 10


def test_an_interrupted_save_leaves_the_one_before(filled, tmp_path, monkeypatch):
    snapshot.save(filled, tmp_path)
    before = (tmp_path / snapshot.FILE).read_bytes()
    monkeypatch.setattr(snapshot.json, "dump", _power_cut)
    with pytest.raises(OSError, match="power"):
        snapshot.save(filled, tmp_path)
    assert (tmp_path / snapshot.FILE).read_bytes() == before


def _power_cut(*_, **__):
    raise OSError("power cut")


def test_without_a_snapshot_there_is_nothing_to_restore(cloud, tmp_path):
    assert not snapshot.restore(cloud, tmp_path)
