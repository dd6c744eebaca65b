import * as z from 'zod';
import { didYouMean } from '#errors/did-you-mean.js';
import { RULES } from '#rules/rules.js';
import { DAYS, isZone, minutesOfDay } from '#settings/maintenance-window.js';
import { STRATEGIES } from '#settings/settings.js';
import { DURATION, durationSeconds } from '#settings/settings-duration.js';
import { jsonSchemaOf } from './json-schema.js';
import { userResourcesSchema } from './user-resource-schema.js';

/** Importing this file loads zod (about 70 ms of CPU): import what needs it only when there is something to read. */

const DURATION_WORDS = 'must be a duration: 90, 90s, 2m or 50ms';

const duration = z
  .union([z.number(DURATION_WORDS).nonnegative(DURATION_WORDS), z.string().regex(DURATION, DURATION_WORDS)], {
    error: DURATION_WORDS,
  })
  .meta({ description: 'Seconds as a number, or with a unit: 500us, 50ms, 90s, 2m, 1h' });

const positiveDuration = duration.refine((value) => (durationSeconds(value) ?? 0) > 0, 'must be more than 0');
const durationOrNull = z.union([positiveDuration, z.null()], { error: `${DURATION_WORDS}; or null` });

/** As the flag --confirm-timeout: a guard of weeks is none. */
const withinDay = positiveDuration.refine((value) => (durationSeconds(value) ?? 0) <= 86_400, 'must be at most 24h');

const COUNT_WORDS = 'must be a number of hosts, or a percentage such as 10%';
const percentage = z.string().regex(/^(?:100|[1-9]?[0-9])%$/, COUNT_WORDS);

const count = z.union(
  [
    z.int(COUNT_WORDS).min(1, COUNT_WORDS).max(1_000_000, COUNT_WORDS),
    percentage.refine((value) => value !== '0%', COUNT_WORDS),
  ],
  {
    error: COUNT_WORDS,
  },
);

const failures = z.union([z.int(COUNT_WORDS).min(0, COUNT_WORDS).max(1_000_000, COUNT_WORDS), percentage], {
  error: COUNT_WORDS,
});

const address = z
  .string()
  .regex(/^[\p{L}\p{N}_:][\p{L}\p{N}_.:-]{0,252}$/u, 'must be a host name or address, and nothing else')
  .refine(isNoWrongIpv4, 'must be an address of four numbers up to 255, or a name')
  .describe('Host name or address');

/** A name that ends in a number is none: it is an address with a slip in it (RFC 1123, 2.1). */
function isNoWrongIpv4(text: string): boolean {
  return !/^[0-9.]+$/.test(text) || /^(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(?:\.(?!$)|$)){4}$/.test(text);
}

const POLL_WORDS = 'must be from -7 to 24: the logarithm of seconds to the base 2';
const poll = z.int().min(-7, POLL_WORDS).max(24, POLL_WORDS).describe('log2 of seconds: 6 is 64 s');

const ntpServer = z
  .strictObject({
    address,
    pool: z.boolean().optional().describe('The name stands for several servers'),
    iburst: z.boolean().optional().describe('Four measurements at once when it starts; on unless set to false'),
    nts: z.boolean().optional().describe('Network Time Security'),
    prefer: z.boolean().optional(),
    trust: z.boolean().optional(),
    minpoll: poll.optional(),
    maxpoll: poll.optional(),
    key: z.int().min(1).max(0xffff_ffff).optional().describe("Number of a key in the daemon's key file"),
  })
  .refine(({ minpoll, maxpoll }) => minpoll === undefined || maxpoll === undefined || minpoll <= maxpoll, {
    error: 'must not be more than maxpoll',
    path: ['minpoll'],
  })
  .refine(({ nts, key }) => nts !== true || key === undefined, {
    error: 'must not stand beside nts: a server is authenticated by one of them',
    path: ['key'],
  });

const ntpServers = z
  .array(z.union([address, ntpServer], { error: 'must be a host name or address, or a mapping with address' }))
  .max(64)
  .superRefine((servers, context) => {
    const seen = new Map<string, number>();
    for (const [index, server] of servers.entries()) {
      const name = (typeof server === 'string' ? server : server.address).toLowerCase();
      const first = seen.get(name);
      if (first === undefined) seen.set(name, index);
      else
        context.addIssue({
          code: 'custom',
          message: `must not name ${name} twice: entry ${first + 1} does`,
          path: [index],
        });
    }
  });

const RULE_IDS: ReadonlySet<string> = new Set(RULES.map(({ id }) => id));

const ruleId = z
  .string()
  .max(100)
  .refine((id) => RULE_IDS.has(id), {
    error: ({ input }) => `must be the id of a rule, as tsync rules prints it${meantRule(input)}`,
  });

function meantRule(input: unknown): string {
  const meant = typeof input === 'string' ? didYouMean(input, RULE_IDS) : null;
  return meant === null ? '' : `: '${meant}' perhaps`;
}

const TIME_WORDS = 'must be a time of day: 22:00';
const timeOfDay = z.string(TIME_WORDS).refine((value) => minutesOfDay(value) !== null, TIME_WORDS);

const windowSchema = z.strictObject({
  days: z.array(z.enum(DAYS)).min(1).max(7).optional().describe('Days on which it begins; every day without it'),
  from: timeOfDay,
  to: timeOfDay.describe('Not after `from`: on the next day'),
  zone: z.string().max(64).refine(isZone, 'must be a time zone: Europe/Berlin').optional().describe('UTC without it'),
});

const settingsShape = {
  strategy: z.enum(STRATEGIES).optional().describe('Which clocks a host follows; see docs/user/playbook.md'),
  prefer: z.enum(['ptp', 'ntp']).optional().describe('Which is preferred where both are there'),
  ntp_servers: ntpServers.optional().describe('NTP servers and pools'),
  dhcp_servers: z.enum(['keep', 'ignore']).optional().describe('What becomes of NTP servers that DHCP gives'),
  limits: z
    .strictObject({ offset: positiveDuration.optional(), daemon_offset: positiveDuration.optional() })
    .optional()
    .describe('Largest offset of a good clock: by our own measurement, and by the daemon'),
  makestep: z
    .union([z.literal(false), z.strictObject({ threshold: positiveDuration, limit: z.int().min(-1).max(1_000_000) })], {
      error: 'must be false, or a mapping of threshold and limit',
    })
    .optional()
    .describe(
      'When the clock may be stepped: offsets above threshold, in the first `limit` updates (-1: always); false: never',
    ),
  max_step: durationOrNull.optional().describe('A larger expected step needs its own word; null: any'),
  daemon: z
    .enum(['keep', 'chrony'])
    .optional()
    .describe('Which daemon keeps the time: the one that is there, or chrony, which is installed where it is missing'),
  window: z
    .union([windowSchema, z.array(windowSchema).min(1).max(100), z.null()], {
      error: 'must be a mapping of days, from, to and zone, or a list of these',
    })
    .optional()
    .describe('When changes that may step the clock or restart a daemon may be made; null: at any time'),
  step_warning: durationOrNull
    .optional()
    .describe('From which expected step on the plan names what on the host minds; null: never'),
  degrade: z
    .enum(['refuse', 'allow'])
    .optional()
    .describe('Whether a host that cannot have the strategy may get the nearest one'),
  take_ownership: z
    .boolean()
    .optional()
    .describe('Whether files of another tool (Ansible, Puppet, cloud-init) may be changed'),
  protected: z
    .array(z.string().min(1).max(4096))
    .max(1000)
    .optional()
    .describe('Paths and units that are never changed'),
  rollout: z
    .strictObject({
      serial: z
        .union([count, z.array(count).min(1).max(100)])
        .optional()
        .describe('Hosts of each wave'),
      max_fail: failures.optional().describe('Hosts that may fail before the rest is left alone'),
      settle_timeout: withinDay.optional().describe('How long a host may take until its clock follows'),
      confirm_timeout: withinDay.optional().describe('After this time without confirmation a host reverts itself'),
    })
    .optional(),
  waivers: z
    .array(
      z.strictObject({
        rule: ruleId,
        reason: z.string().min(1).max(1000),
        expires: z
          .union([z.iso.date('must be a date: YYYY-MM-DD'), z.null()], { error: 'must be a date: YYYY-MM-DD' })
          .optional()
          .describe('Last day, YYYY-MM-DD'),
      }),
    )
    .max(1000)
    .optional()
    .describe('Findings that are accepted, with the reason'),
  resources: userResourcesSchema.optional().describe('Files, services and module parameters of your own'),
};

/** What may stand below `tsync:` in an inventory, and in a play beside `hosts`. */
export const settingsSchema = z.strictObject(settingsShape);

const HOSTS_WORDS = 'must be a pattern in one text, such as web,db';

const playSchema = z.strictObject({
  name: z.string().max(200).optional(),
  hosts: z
    .string({ error: ({ input }) => (input === undefined ? undefined : HOSTS_WORDS) })
    .min(1, 'must not be empty')
    .max(4096)
    .describe('Host pattern: all, web*, prod:!db1'),
  ...settingsShape,
});

const playsSchema = z.array(playSchema).min(1, 'must have at least one play').max(1000);

export const playbookSchemas = {
  list: playsSchema,
  versioned: z.strictObject({ version: z.literal(1), plays: playsSchema }),
};

/** The JSON Schema of a playbook, for editors. */
export function playbookJsonSchema(): object {
  return { ...jsonSchemaOf(z.union([playbookSchemas.list, playbookSchemas.versioned])), title: 'playbook of tsync' };
}
