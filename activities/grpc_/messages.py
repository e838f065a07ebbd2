"""Messages and JSON, by the mapping of proto3.

What comes back has every field that knows no absence, also at its default, so that the shape of an answer does not depend on its
values; 64-bit integers are texts, enum values names, bytes base64. Names of fields are written in camel case; both spellings are read.

https://protobuf.dev/programming-guides/json/
"""

from __future__ import annotations

from google.protobuf import json_format
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from activities.grpc_.protos import Proto
from activities.redact import Redaction
from interpreter.faults import fault
from interpreter.values import Json


def requests(proto: Proto, method: MethodDescriptor, arguments: Json, redaction: Redaction) -> list[bytes]:
    """The messages that a call sends: one, or as many as a list has for a method that takes a stream.

    `configuration` where a method that takes a stream gets no list, or the other way round; `validation` for what is no message of its type.
    """
    if method.client_streaming and not isinstance(arguments, list):
        raise fault("configuration", f"the method {method.full_name!r} takes a stream of messages: 'arguments' must be a list of them")
    if isinstance(arguments, list) and not method.client_streaming:
        raise fault("configuration", f"the method {method.full_name!r} takes one message: 'arguments' must be an object")
    kind = GetMessageClass(method.input_type)
    return [_written(proto, kind(), one, redaction) for one in (arguments if isinstance(arguments, list) else [arguments])]


def answer(proto: Proto, method: MethodDescriptor, received: list[bytes]) -> Json:
    """The value of a call: the message that came, or the array of those that did where the method answers with a stream."""
    kind = GetMessageClass(method.output_type)
    values = [_read(proto, kind, one) for one in received]
    return values if method.server_streaming else values[0]


def _written(proto: Proto, message: Message, value: Json, redaction: Redaction) -> bytes:
    if not isinstance(value, dict):
        raise fault("validation", f"a {message.DESCRIPTOR.full_name} is written as an object")
    try:
        json_format.ParseDict(value, message, descriptor_pool=proto.pool)
        return message.SerializeToString()
    except (json_format.ParseError, ValueError, TypeError) as error:
        why = redaction(" ".join(str(error).split()))
        raise fault("validation", f"the arguments are no {message.DESCRIPTOR.full_name}: {why}") from None


def _read(proto: Proto, kind: type[Message], received: bytes) -> Json:
    try:
        message = kind.FromString(received)
        return json_format.MessageToDict(message, always_print_fields_with_no_presence=True, descriptor_pool=proto.pool)
    except (DecodeError, json_format.SerializeToJsonError, ValueError, TypeError):
        raise fault(
            "communication", f"the answer is no {kind.DESCRIPTOR.full_name} as the proto describes it", title="Response not understood"
        ) from None
