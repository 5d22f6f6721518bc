import { MEANINGS } from './meanings.mjs';

/** Makes Markdown tables out of the OpenAPI document: the fields of a schema, and the query parameters of an operation. */
export function tablesFrom({ paths, components: { schemas } }) {
  const operations = Object.values(paths).flatMap((item) => Object.values(item));
  return {
    fields(name) {
      const { properties, required = [] } = named(schemas, name);
      const rows = Object.entries(properties).map(([field, schema]) => [
        required.includes(field) ? `**\`${field}\`**` : `\`${field}\``,
        typeOf(schema),
        MEANINGS[`${name}.${field}`] || meaningOf(schema, schemas) || MEANINGS[field],
      ]);
      return table(['field', 'value', 'meaning'], rows);
    },
    parameters(id) {
      const { parameters } = operations.find(({ operationId }) => operationId === id) ?? named({}, id);
      const rows = parameters
        .filter((each) => each.in === 'query')
        .map((each) => [
          each.required ? `**\`${each.name}\`**` : `\`${each.name}\``,
          typeOf(each.schema),
          meaningOf(each.schema, schemas) || MEANINGS[each.name],
        ]);
      return table(['parameter', 'value', 'meaning'], rows);
    },
  };
}

function named(all, name) {
  if (!all[name]) throw new Error(`the OpenAPI document has no ${name}`);
  return all[name];
}

/** The values of a schema, with their limits. */
function typeOf(schema) {
  const { $ref, type, enum: values, items, minimum, maximum, maxLength, maxItems, pattern, default: usual } = schema;
  if ($ref) return `[${$ref.split('/').at(-1)}](data-model.md#${$ref.split('/').at(-1).toLowerCase()})`;
  if (items) return `list${maxItems ? ` of at most ${maxItems}` : ''}: ${typeOf(items)}`;
  if (values) return values.map((value) => `\`${value}\``).join(', ');
  const range = Math.abs(minimum) < 1e7 && Math.abs(maximum) < 1e7 ? `, ${plain(minimum)} to ${plain(maximum)}` : '';
  const limit = maxLength ? `, at most ${plain(maxLength)} characters` : range;
  return `${pattern === SLUG ? 'slug' : (WORDS[type] ?? type)}${limit}${usual === undefined ? '' : `, default ${usual}`}`;
}

const SLUG = '^[a-z0-9]+(?:-[a-z0-9]+)*$';

const WORDS = { string: 'text', integer: 'whole number', boolean: '`true` or `false`' };

const plain = (number) => number.toLocaleString('en');

const meaningOf = ({ description, $ref, items }, schemas) =>
  description ?? (($ref ?? items?.$ref) ? schemas[($ref ?? items.$ref).split('/').at(-1)].description : '');

const cell = (text) => (text ?? '').replaceAll('|', '\\|').replaceAll('\n', ' ');

const table = (head, rows) => [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');
