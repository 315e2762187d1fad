"""Let the data survive a restart of `opora run`: tables, objects, people with their passwords, and
the clock's offset. The file is for its owner's eyes only.

Executions cannot be kept: whoever restores starts them again from the table. Nor are messages in
queues and retries under way, so `save` first lets everything settle. What is restored is not told
again as an event.
"""

import base64
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

from adapters.aws import client
from local import users
from local.aws import Backends

FILE = "snapshot.json"


def save(cloud, folder: Path):
    with cloud.standing_still():
        snapshot = {
            "offset_seconds": (cloud.now() - _real_now()).total_seconds(),
            "tables": {name: list(_items(name)) for name in _tables()},
            "buckets": {name: list(map(_kept, _objects(name))) for name in _buckets()},
            "people": list(_people(cloud)),
        }
    folder.mkdir(parents=True, exist_ok=True)
    written = folder / f"{FILE}.new"
    with written.open("w") as file:
        written.chmod(0o600)
        json.dump(snapshot, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    written.replace(folder / FILE)


def restore(cloud, folder: Path) -> bool:
    """Into an empty cloud, before anything runs; returns whether there was something to restore."""
    if not (folder / FILE).exists():
        return False
    snapshot = json.loads((folder / FILE).read_text())
    with cloud.standing_still():
        cloud.reset(start=_real_now() + timedelta(seconds=snapshot["offset_seconds"]))
        for name, items in snapshot["tables"].items():
            _put_items(name, items)
        for name, objects in snapshot["buckets"].items():
            _put_objects(name, objects)
        for person in snapshot["people"]:
            _add(cloud, person)
        cloud.forget_events()
    return True


def _real_now() -> datetime:
    return time_machine.escape_hatch.datetime.datetime.now(tz=UTC)


# ---- tables -------------------------------------------------------------------------------------


def _tables():
    return client("dynamodb").list_tables()["TableNames"]


def _items(table) -> Iterator[dict]:
    for page in client("dynamodb").get_paginator("scan").paginate(TableName=table):
        yield from map(_plain, page["Items"])


def _put_items(table, items):
    dynamodb = client("dynamodb")
    for start in range(0, len(items), 25):  # as many as one request takes
        puts = [{"PutRequest": {"Item": _typed(item)}} for item in items[start : start + 25]]
        dynamodb.batch_write_item(RequestItems={table: puts})


def _plain(value):
    """DynamoDB's typed JSON; bytes are not JSON."""
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _typed(item):
    return {name: _typed_value(value) for name, value in item.items()}


def _typed_value(value):
    ((kind, inner),) = value.items()
    if kind == "B":
        return {kind: base64.b64decode(inner["base64"])}
    if kind == "BS":
        return {kind: [base64.b64decode(member["base64"]) for member in inner]}
    if kind == "L":
        return {kind: [_typed_value(member) for member in inner]}
    return {kind: _typed(inner)} if kind == "M" else value


# ---- objects ------------------------------------------------------------------------------------


def _buckets():
    return [bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"]]


def _objects(bucket) -> Iterator[dict]:
    s3 = client("s3")
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for listed in page.get("Contents", []):
            place = {"Bucket": bucket, "Key": listed["Key"]}
            yield {**place, **s3.get_object(**place), **s3.get_object_tagging(**place)}


def _kept(stored):
    return {
        "key": stored["Key"],
        "body": base64.b64encode(stored["Body"].read()).decode(),
        "content_type": stored["ContentType"],
        "metadata": stored["Metadata"],
        "tags": stored["TagSet"],
    }


def _put_objects(bucket, objects):
    s3 = client("s3")
    for kept in objects:
        place = {"Bucket": bucket, "Key": kept["key"]}
        body = base64.b64decode(kept["body"])
        s3.put_object(
            **place, Body=body, ContentType=kept["content_type"], Metadata=kept["metadata"]
        )
        if kept["tags"]:
            s3.put_object_tagging(**place, Tagging={"TagSet": kept["tags"]})


# ---- people -------------------------------------------------------------------------------------


def _people(cloud) -> Iterator[dict]:
    cognito, known = client("cognito-idp"), Backends().cognito.user_pools
    for pool in cloud.stack.of_type("AWS::Cognito::UserPool"):
        pool_id = pool.physical_resource_id
        for page in cognito.get_paginator("list_users").paginate(UserPoolId=pool_id):
            for user in page["Users"]:
                name = {"UserPoolId": pool_id, "Username": user["Username"]}
                groups = cognito.admin_list_groups_for_user(**name)["Groups"]
                yield {
                    "pool": pool.logical_resource_id,
                    "name": user["Username"],
                    "attributes": {each["Name"]: each["Value"] for each in user["Attributes"]},
                    "groups": [group["GroupName"] for group in groups],
                    "password": known[pool_id]._get_user(user["Username"]).password,
                }


def _add(cloud, person):
    pools = cloud.stack.of_type("AWS::Cognito::UserPool")
    (pool_id,) = [
        pool.physical_resource_id for pool in pools if pool.logical_resource_id == person["pool"]
    ]
    attributes = dict(person["attributes"])
    subject = attributes.pop("sub")
    users.add(pool_id, person["name"], person["groups"], attributes)
    if person.get("password"):  # older files have none: then it is the one that everybody knows
        client("cognito-idp").admin_set_user_password(
            UserPoolId=pool_id,
            Username=person["name"],
            Password=person["password"],
            Permanent=True,
        )
    # No public API brings back a subject, but the applications belong to it.
    user = Backends().cognito.user_pools[pool_id]._get_user(person["name"])
    user.id = subject
    user.update_attributes([{"Name": "sub", "Value": subject}])
