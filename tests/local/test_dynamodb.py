import threading
import time

import boto3
import pytest
from boto3.dynamodb.conditions import Key


def in_threads(number, work):
    """work(index) in each of `number` threads; returns what they returned."""
    results = [None] * number
    threads = [
        threading.Thread(target=lambda i=i: results.__setitem__(i, work(i))) for i in range(number)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.fixture
def dynamodb(table):
    return boto3.client("dynamodb")


def item(sk, **attributes):
    return {"pk": {"S": "A-1"}, "sk": {"S": sk}, **attributes}


def test_no_update_is_lost(table, dynamodb):
    def count(_):
        for _ in range(25):
            dynamodb.update_item(
                TableName=table.name,
                Key=item("COUNTER"),
                UpdateExpression="ADD n :one",
                ExpressionAttributeValues={":one": {"N": "1"}},
            )

    in_threads(8, count)
    assert table.get_item(Key={"pk": "A-1", "sk": "COUNTER"})["Item"]["n"] == 200


def test_one_of_many_wins(table, dynamodb):
    def claim(_):
        try:
            dynamodb.put_item(
                TableName=table.name,
                Item=item("LOCK"),
                ConditionExpression="attribute_not_exists(pk)",
            )
        except dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    assert sum(in_threads(8, claim)) == 1


def test_a_cancelled_transaction_undoes_only_its_own(table, dynamodb):
    def write(index):
        if index % 2:
            dynamodb.put_item(TableName=table.name, Item=item(f"PLAIN#{index}"))
            return
        put = {"TableName": table.name, "Item": item(f"NEVER#{index}")}
        change = {
            "TableName": table.name,
            "Key": item("META"),
            "UpdateExpression": "SET n = :n",
            "ExpressionAttributeValues": {":n": {"N": str(index)}},
        }
        check = {
            "TableName": table.name,
            "Key": item("MISSING"),
            "ConditionExpression": "attribute_exists(pk)",
        }
        with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
            dynamodb.transact_write_items(
                TransactItems=[{"Put": put}, {"Update": change}, {"ConditionCheck": check}]
            )

    table.put_item(Item={"pk": "A-1", "sk": "META", "n": 7})
    in_threads(16, write)
    found = {stored["sk"]: stored for stored in table.scan()["Items"]}
    assert sorted(found) == ["META", *sorted(f"PLAIN#{index}" for index in range(1, 16, 2))]
    assert found["META"]["n"] == 7


def fill(table, number):
    with table.batch_writer() as batch:
        for index in range(number):
            case = {
                "pk": f"A-{index}",
                "sk": "META",
                "queue": f"q{index % 50}",
                "due": f"2026-{index:04}",
            }
            batch.put_item(Item=case)


def test_queries_and_transactions_do_not_read_the_whole_table(table, dynamodb):
    fill(table, 2000)
    key, index = Key("pk").eq("A-7"), Key("queue").eq("q7")
    change = {
        "TableName": table.name,
        "Key": {"pk": {"S": "A-7"}, "sk": {"S": "META"}},
        "UpdateExpression": "SET n = :n",
        "ExpressionAttributeValues": {":n": {"N": "1"}},
    }
    began = time.perf_counter()
    for _ in range(20):
        assert len(table.query(KeyConditionExpression=key)["Items"]) == 1
        dynamodb.transact_write_items(TransactItems=[{"Update": change}])
    by_queue = table.query(
        IndexName="by_queue", KeyConditionExpression=index, ScanIndexForward=False
    )
    assert time.perf_counter() - began < 2
    due = [case["due"] for case in by_queue["Items"]]
    assert len(due) == 40
    assert due == sorted(due, reverse=True)
