"""Each of these deploys for itself."""

import pytest

from local.cloud import LocalCloud
from local.lambdas import EnvironmentConflictError
from local.stack import UnknownResourceTypeError
from tests.local.conftest import FIXTURE, START

TEMPLATE = FIXTURE.read_text()


@pytest.fixture
def variant(tmp_path):
    """variant(old, new): the fixture's template with a text replaced"""
    (tmp_path / "state_machines").symlink_to(FIXTURE.parent / "state_machines")

    def write(old, new):
        assert old in TEMPLATE
        path = tmp_path / "template.yaml"
        path.write_text(TEMPLATE.replace(old, new))
        return path

    return write


def test_an_unknown_resource_type_fails_loudly(variant):
    template = variant("AWS::CloudWatch::Alarm", "AWS::Kinesis::Stream")
    with pytest.raises(UnknownResourceTypeError, match="Kinesis"), LocalCloud(template):
        pass


def test_an_unknown_schedule_fails_loudly(variant):
    template = variant("rate(1 hour)", "'cron(0 9 ? * MON *)'")
    with pytest.raises(NotImplementedError, match="cron"), LocalCloud(template):
        pass


def test_functions_must_agree_on_their_environment(variant):
    handler = "      Handler: tests.local.fixture.app.task"
    template = variant(handler, handler + "\n      Environment: {Variables: {TOPIC: other}}")
    with pytest.raises(EnvironmentConflictError, match="TOPIC"), LocalCloud(template):
        pass


def test_a_second_cloud_has_the_same_names():
    """Handlers keep the first one's environment."""
    deployments = []
    for _ in range(2):
        with LocalCloud(FIXTURE, start=START) as cloud:
            deployments.append((cloud.outputs, cloud.front_door._api_id))
            assert cloud.now() == START
    first, second = deployments
    assert first == second
    assert first[0]["Review"].endswith(":stateMachine:review")


def test_only_one_cloud_is_open_at_a_time():
    with (
        LocalCloud(FIXTURE),
        pytest.raises(RuntimeError, match="already open"),
        LocalCloud(FIXTURE),
    ):
        pass
