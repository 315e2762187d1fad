"""Over real HTTP and in real time, without any help."""

import json
import threading
import time
import urllib.error
import urllib.request

import boto3
import pytest

from local.live import serve


@pytest.fixture
def url(cloud):
    cloud.reset()
    with serve(cloud, port=0) as url:
        yield url


def fetch(url, *, token="", method="GET", body=None):
    headers = {"Authorization": token}
    request = urllib.request.Request(url, data=body, headers=headers, method=method)
    with urllib.request.urlopen(request) as response:
        return response.read()


def eventually(seen, seconds=5):
    give_up = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def test_requests_go_through_the_front_door(cloud, url):
    event = json.loads(fetch(f"{url}/echo/a%2Fb?x=1", token=cloud.sign_in("anna")))
    assert event["pathParameters"] == {"name": "a%2Fb"}
    with pytest.raises(urllib.error.HTTPError, match="401"):
        fetch(f"{url}/echo")


def test_a_presigned_upload_is_told_to_its_handler(cloud, app, url):
    """The handler's own client made the address, when nothing was served yet."""
    place = {"Bucket": cloud.outputs["Uploads"], "Key": "in/photo"}
    address = app.s3.generate_presigned_url("put_object", Params=place)
    assert address.startswith("http://127.0.0.1:")
    fetch(address, method="PUT", body=b"photo")
    eventually(lambda: app.seen["uploads"] == ["in/photo"])


def test_a_presigned_form_is_told_to_its_handler(cloud, app, url):
    post = app.s3.generate_presigned_post(cloud.outputs["Uploads"], "in/form")
    boundary, fields = "----b", {**post["fields"], "file": "photo"}
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    body = "".join([*parts, f"--{boundary}--\r\n"]).encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    urllib.request.urlopen(urllib.request.Request(post["url"], body, headers)).close()
    eventually(lambda: app.seen["uploads"] == ["in/form"])
    assert app.seen["upload events"][0]["detail"]["reason"] == "POST Object"


def test_time_flows_and_can_be_jumped(cloud, app, url):
    given = json.dumps({"case": "A-1", "patience": 2})
    boto3.client("stepfunctions").start_execution(
        stateMachineArn=cloud.outputs["Review"], name="A-1", input=given
    )
    eventually(lambda: len(cloud.sms) == 1)
    before, reminded = cloud.now(), len(cloud.sms)
    cloud.advance(minutes=1)
    assert len(cloud.sms) >= reminded + 29
    assert (cloud.now() - before).total_seconds() >= 60


def test_no_thread_stays(cloud):
    before = set(threading.enumerate())
    with serve(cloud, port=0):
        pass
    eventually(lambda: set(threading.enumerate()) <= before)


def test_idle_is_cheap(cloud, url):
    began = time.process_time()
    time.sleep(1)
    assert time.process_time() - began < 0.2
