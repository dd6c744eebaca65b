import * as z from 'zod';

/**
 * A schema as JSON Schema, as people write the value. Editors differ in whether they read patterns as Unicode: classes such as
 * \p{L} are written out in a way that means the same in both.
 */
export function jsonSchemaOf(schema: z.ZodType): object {
  return z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      const { pattern } = jsonSchema;
      if (pattern?.includes('\\p{')) jsonSchema.pattern = pattern.replaceAll('\\p{L}\\p{N}', '\\w\\u0080-\\uffff');
    },
  });
}
