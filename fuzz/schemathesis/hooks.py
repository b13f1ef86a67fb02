"""Makes generated data say what JSON Schema cannot: so that what is valid by the schema is valid by the contract,
and reaches what lies behind the door. Webhooks go to the fuzzer's own receiver and nowhere else."""

import os
import unicodedata
import uuid

import schemathesis

HOOK = os.environ["HOLDFAST_HOOK"]


def whole(value):
    """Numbers are written in plain digits (contract section 1), and 9.0 is an integer for JSON Schema."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [whole(one) for one in value]
    if isinstance(value, dict):
        return {name: whole(one) for name, one in value.items()}
    return value


def quick(values):
    """Nobody waits long here."""
    wait = values.get("wait")
    if isinstance(wait, (int, float)) and not isinstance(wait, bool) and wait > 1:
        values["wait"] = 1
    elif isinstance(wait, str) and wait.isdecimal() and wait.isascii() and int(wait) > 1:
        values["wait"] = "1"


def nowhere_else(body):
    for name in ("url", "notify_url"):
        given = body.get(name)
        if isinstance(given, str) and ":" in given:
            body[name] = HOOK


def visible(body):
    """By the schema any text of that length is a number of the merchant's; a negative case may be valid but for this."""
    for name in ("order_no", "reference"):
        given = body.get(name)
        if isinstance(given, str) and 1 <= len(given) <= 64 and any(unicodedata.category(one)[0] in "ZC" for one in given):
            body[name] = str(uuid.uuid4())


def is_positive(case):
    return case.meta is None or case.meta.generation.mode.is_positive


@schemathesis.hook
def before_call(context, case, kwargs):
    if isinstance(case.body, dict):
        body = whole(case.body)
        nowhere_else(body)
        quick(body)
        visible(body)
        if is_positive(case):
            settle(body)
        case.body = body
    if isinstance(case.query, dict):
        quick(case.query)
        if is_positive(case):
            if "type" in case.query:
                case.query["type"] = "payment.succeeded"
            for cursor in ("starting_after", "ending_before"):  # a cursor that names nothing is refused
                case.query.pop(cursor, None)
    if is_positive(case) and case.headers and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())


def settle(body):
    """Values that are right only together, or of a form that a pattern does not tell."""
    for name in ("return_url", "notify_url", "url"):
        if isinstance(body.get(name), str):
            body[name] = HOOK
    if isinstance(body.get("order_no"), str):
        body["order_no"] = str(uuid.uuid4())
    for name in ("expires_at", "until"):  # later than now
        if isinstance(body.get(name), str):
            body[name] = "2099-01-01T00:00:00Z"
    if isinstance(body.get("events"), list):
        body["events"] = ["payment.*"]
    if isinstance(body.get("customer"), dict) and "country" in body["customer"]:
        body["customer"]["country"] = "DE"
    rule(body)
    fee(body)
    method = body.get("method")
    if isinstance(method, dict):
        if method.get("type") == "card" and "payment_method" in method:  # by a method that is kept, or by a token
            method.pop("token", None)
            method.pop("save", None)
        elif method.get("type") == "card":
            method.setdefault("token", "tok_ok")
            method.pop("off_session", None)
            customer = body.get("customer")
            if not isinstance(customer, str) and not (isinstance(customer, dict) and "id" in customer):
                method.pop("save", None)  # what is kept is somebody's
        else:
            method.pop("token", None)


def fee(body):
    """What a channel account is expected to cost: amounts are of a currency, and the least is not above the most."""
    for one in body["fees"] if isinstance(body.get("fees"), list) else []:
        if isinstance(one, dict):
            one["when"] = {"currencies": ["CNY"]}
            one["min"], one["max"] = 0, 1


def rule(body):
    """Rules of an app: each has a name of its own and accounts that are there, and amounts are of a currency."""
    for name in ("limits", "methods"):  # 200 rules in all
        if isinstance(body.get(name), list):
            body[name] = body[name][:50]
    sections = [body.get(name) for name in ("limits", "methods", "routes")]
    for one in body["methods"] if isinstance(body.get("methods"), list) else []:
        if isinstance(one, dict):  # deny, or release with a percent
            one.pop("release", None)
            one.pop("percent", None)
            one.setdefault("deny", ["paypal"])
    for one in body["limits"] if isinstance(body.get("limits"), list) else []:
        if isinstance(one, dict):  # of one payment at least, and so of a currency
            one.setdefault("when", {})
            one["min"], one["max"] = 0, 1
    for one in (one for section in sections if isinstance(section, list) for one in section if isinstance(one, dict)):
        one["name"] = str(uuid.uuid4())
        if isinstance(one.get("when"), dict):
            one["when"]["currencies"] = ["CNY"]
            one["when"].pop("countries", None)  # two letters are not yet a country
        for name in ("per", "zone"):  # of what a day or a month may bring, which need not be there
            one.pop(name, None)
    if isinstance(body.get("refunds"), list):
        body["refunds"] = [{"name": str(uuid.uuid4()), "window_days": 30}]
    if isinstance(body.get("routes"), list):
        body["routes"] = []
