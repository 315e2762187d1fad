"""Deliveries on record: whoever comes second knows how far the first one came."""

import threading

import pytest

from adapters.deliveries import Deliveries, Delivery, State, Told

AT, LATER = "2026-04-06T07:00:00+00:00", "2026-04-06T07:00:05+00:00"
NUMBER = "123-456-7897"


@pytest.fixture
def deliveries(dynamodb_client, table) -> Deliveries:
    return Deliveries(dynamodb_client, table.name)


def notice(event: int = 2, template: str = "accepted", channel: str = "sms") -> Delivery:
    return Delivery(NUMBER, event, template, channel)


def test_a_delivery_is_ours_once(deliveries):
    assert deliveries.begin(notice(), AT) is State.NEW
    assert deliveries.begin(notice(), LATER) is State.SENDING
    assert deliveries.of(NUMBER) == [Told(2, "accepted", "sms", State.SENDING, AT)]


@pytest.mark.parametrize("ended", [State.SENT, State.FAILED])
def test_how_it_ended_is_known_to_whoever_comes_again(deliveries, ended):
    deliveries.begin(notice(), AT)
    deliveries.end(notice(), ended, "message-1", LATER)
    assert deliveries.begin(notice(), LATER) is ended
    assert deliveries.of(NUMBER) == [Told(2, "accepted", "sms", ended, LATER)]


def test_what_surely_was_not_sent_may_be_tried_again(deliveries):
    deliveries.begin(notice(), AT)
    deliveries.forget(notice())
    assert deliveries.of(NUMBER) == []
    assert deliveries.begin(notice(), LATER) is State.NEW


def test_each_event_template_and_channel_is_a_delivery_of_its_own(deliveries):
    others = [notice(), notice(event=3), notice(template="question"), notice(channel="email")]
    others.append(notice()._replace(number="987-654-3210"))
    assert [deliveries.begin(other, AT) for other in others] == [State.NEW] * 5
    assert len({other.name for other in others}) == 4, "a channel is no part of a letter's name"


def test_who_was_told_what_comes_in_the_order_of_events(deliveries, table):
    for event in (10, 2, 9):
        deliveries.begin(notice(event), AT)
    table.put_item(Item={"pk": f"APP#{NUMBER}", "sk": "META"})
    table.put_item(Item={"pk": f"APP#{NUMBER}", "sk": "TASK"})
    assert [told.event for told in deliveries.of(NUMBER)] == [2, 9, 10]
    assert deliveries.of("987-654-3210") == []


def test_of_many_at_once_one_sends(deliveries):
    states = []
    threads = [
        threading.Thread(target=lambda: states.append(deliveries.begin(notice(), AT)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(states) == [State.NEW, *[State.SENDING] * 7]
