"""pydantic types as JSON schemas that share their definitions, as OpenAPI 3.1 wants them below components/schemas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

Schema = dict[str, Any]
Part = Literal["answer", "body", "form", "query"]
_PREFIX = "#/components/schemas/"


class _Generator(GenerateJsonSchema):
    """As pydantic does it, with less: no titles that repeat a field's name, and no defaults in answers.

    A default in an answer's model says only that the field may be absent.
    """

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def default_schema(self, schema: Any) -> Schema:
        if self.mode == "serialization":
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)


class Schemas:
    """The schemas of all types that the routes speak of, by the route's name and the part."""

    def __init__(self, types: Mapping[tuple[str, Part], Any]) -> None:
        """`types` holds any type that pydantic understands, unions included."""
        inputs = (
            (key, "serialization" if key[1] == "answer" else "validation", TypeAdapter(kind))
            for key, kind in types.items()
        )
        found, shared = TypeAdapter.json_schemas(
            inputs,  # type: ignore[arg-type]
            ref_template=_PREFIX + "{model}",
            schema_generator=_Generator,
        )
        self._of_part = {key: schema for (key, _), schema in found.items()}
        self._definitions: dict[str, Schema] = shared.get("$defs", {})

    def of(self, route: str, part: Part) -> Schema:
        """The schema of one part: a reference, where it is a model."""
        return self._of_part[(route, part)]

    def fields(self, route: str, part: Part) -> tuple[dict[str, Schema], list[str]]:
        """The fields of a part that is a model, by name, without null, and which are required.

        There is no null in a query string or a form: None is the field left out.
        """
        schema = self.of(route, part)
        whole = self._definitions[schema["$ref"].removeprefix(_PREFIX)]
        fields = whole.get("properties", {})
        return {name: _never_null(field) for name, field in fields.items()}, whole.get(
            "required", []
        )

    def definitions(self, used_in: Any) -> dict[str, Schema]:
        """The definitions that a document needs, sorted by name."""
        needed: set[str] = set()
        waiting = list(_references(used_in))
        while waiting:
            name = waiting.pop()
            if name not in needed:
                needed.add(name)
                waiting.extend(_references(self._definitions[name]))
        return {name: self._definitions[name] for name in sorted(needed)}


def _never_null(schema: Schema) -> Schema:
    """A field's schema for a place that cannot say null."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    if rest.get("default", "") is None:
        del rest["default"]
    if len(choices) == 1:
        return {**choices[0], **rest}
    return {"anyOf": choices, **rest} if choices else rest


def _references(value: Any) -> Iterable[str]:
    """The names that a part of the document refers to."""
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str) and reference.startswith(_PREFIX):
            yield reference.removeprefix(_PREFIX)
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)
