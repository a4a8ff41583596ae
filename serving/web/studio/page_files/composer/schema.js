/** What a field of a JSON schema is, in the few words that a form needs. Pure; knows no element. */

// Above this many values a slider moves too far with each pixel.
const MOST_SLIDER_VALUES = 10_000;

/**
 * @typedef {{name: string, kind: "boolean"|"integer"|"number"|"choice"|"text"|"json", nullable: boolean, required: boolean,
 *   fallback: any, minimum: number|null, maximum: number|null, choices: any[], maxLength: number|null,
 *   description: string}} FieldFacts `fallback` is the default; undefined when there is none.
 */

/** The fields of an object's schema, in its order. @returns {FieldFacts[]} */
export function fieldsOf(schema) {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).map(([name, row]) =>
    factsOf(name, row, schema.$defs ?? {}, required.has(name)),
  );
}

function factsOf(name, row, definitions, required) {
  const { core, nullable } = withoutNull(row, definitions);
  return {
    name,
    kind: kindOf(core),
    nullable,
    required,
    fallback: "default" in row ? row.default : core.default,
    minimum: core.minimum ?? null,
    maximum: core.maximum ?? null,
    choices: core.enum ?? ("const" in core ? [core.const] : []),
    maxLength: core.maxLength ?? null,
    description: row.description ?? core.description ?? "",
  };
}

function withoutNull(row, definitions) {
  const alternatives = row.anyOf ?? row.oneOf ?? [row];
  const real = alternatives.filter((one) => one.type !== "null").map((one) => resolved(one, definitions));
  const nullable = real.length < alternatives.length;
  if (real.length !== 1) return { core: {}, nullable }; // several kinds: JSON says which
  const core = real[0];
  if (!Array.isArray(core.type)) return { core, nullable };
  const types = core.type.filter((type) => type !== "null");
  const hasNull = types.length < core.type.length;
  return { core: { ...core, type: types.length === 1 ? types[0] : undefined }, nullable: nullable || hasNull };
}

function resolved(row, definitions) {
  const only = row.allOf?.length === 1 ? row.allOf[0] : row;
  const name = /^#\/\$defs\/(.+)$/.exec(only.$ref ?? "")?.[1];
  return name && definitions[name] ? { ...definitions[name], ...row } : row;
}

function kindOf(core) {
  if (core.enum || "const" in core) return "choice";
  return { boolean: "boolean", integer: "integer", number: "number", string: "text" }[core.type] ?? "json";
}

/** The step of a slider for a field, a round number; null where a slider is of no use. */
export function sliderStep(facts) {
  if (facts.nullable || facts.minimum === null || facts.maximum === null) return null;
  const span = facts.maximum - facts.minimum;
  if (facts.kind === "integer") return span > 1 && span <= MOST_SLIDER_VALUES ? 1 : null;
  if (facts.kind !== "number" || !(span > 0)) return null;
  const power = 10 ** Math.floor(Math.log10(span / 100));
  return [5, 2, 1].map((n) => n * power).find((step) => step <= (span / 100) * 1.0001) ?? power;
}

/** Whether two values of fields are the same. */
export function same(a, b) {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** Whether a value that was remembered can still be one of the field. */
export function fits(facts, value) {
  if (value === null) return facts.nullable;
  if (facts.kind === "choice") return facts.choices.some((choice) => same(choice, value));
  if (facts.kind === "json") return true;
  return typeof value === { boolean: "boolean", integer: "number", number: "number", text: "string" }[facts.kind];
}
