import type { Cause } from './cause.js';

const ITS_BATCH = 'The other events of its batch were stored.';

/** Causes for which single events are not stored while the request is answered 200; the reply of a batch names those that are the event's own. */
export const DROPS = {
  invalid_uuid: {
    title: 'The uuid of the event is not a UUID',
    means: `Storage finds events by their uuid, and this is not a UUID. ${ITS_BATCH}`,
    who: 'Clients that put an id of their own into "uuid".',
    remedy: 'Send a UUID, or leave "uuid" out: then the gateway makes one. Put your own id into the properties.',
  },
  malformed_event: {
    title: 'A member of the event has a wrong type',
    means: `The event is JSON, and one of its members is not what it has to be. ${ITS_BATCH}`,
    who: 'Hand-written clients, and templates that write a list or a string where an object is due.',
    remedy: 'The detail names the member and what was found.',
  },
  distinct_id_too_big: {
    title: 'The distinct_id is larger than it may be',
    means: `An id of that size is no id, and would have to be written with each message. ${ITS_BATCH}`,
    who: 'Code that sends a whole user as the id.',
    remedy: 'Send the id of the user alone. Put the rest into "$set".',
  },
  refused_by_topic: {
    title: 'The topic does not take the message',
    means: 'Kafka refuses this message for good, whatever is tried. The others were stored.',
    who: 'Topics with a smaller limit than the gateway knows of, or with a rule for their messages.',
    remedy: 'The operator compares the limits of the topic with KAFKA_PRODUCER_MESSAGE_MAX_BYTES.',
  },
  performance_event: {
    title: 'Performance events are no longer stored',
    means: '$performance_event comes from SDK versions whose data nothing reads. It is counted and dropped.',
    who: 'Old versions of posthog-js.',
    remedy: 'Update posthog-js: newer versions send performance with the recording.',
  },
  bot_traffic: {
    title: 'The event comes from a bot',
    means: 'The user agent is one of a crawler or a monitor, and the operator filters these.',
    who: 'Search engines, link previews, monitors.',
    remedy: 'Nothing, if it is a bot. If it is not, tell the operator the user agent.',
  },
  do_not_track: {
    title: 'The visitor asked not to be tracked',
    means: 'The browser sent DNT or Sec-GPC, and the project honours that.',
    who: 'Visitors.',
    remedy: 'Nothing. Whether it is honoured is a setting of the project.',
  },
  privacy_violation: {
    title: 'The event would have carried an address that may not be stored',
    means: 'The project asks that addresses are removed, and after everything had run one was still there.',
    who: 'An extension that adds an address behind the step that removes them.',
    remedy: 'The operator looks at the order of the extensions.',
  },
  ip_protection_failed: {
    title: 'The address could not be anonymised',
    means: 'Storing the event would have stored an address that the project does not want.',
    who: 'The gateway.',
    remedy: 'Please report it: this should not happen.',
  },
  token_dropper: {
    title: 'The operator switched this key off',
    means: 'The key, or the key with this distinct_id, is on the list DROP_EVENTS_BY_TOKEN_DISTINCT_ID.',
    who: 'The operator, most often to end a flood.',
    remedy: 'Ask the operator.',
  },
  event_restriction_drop: {
    title: 'A restriction of the project drops this event',
    means: 'The operator or the owner of the project has a rule for this event, id or session that drops it.',
    who: 'A rule among the restrictions of the project.',
    remedy: 'Look at the restrictions of the project.',
  },
  processor_failed: {
    title: 'An extension failed on this event',
    means: 'A processor of an extension threw, and what it should have done to the event is not known.',
    who: 'An extension of this installation.',
    remedy: 'The log names the processor. Mend it, or take it out.',
  },
  processor_left_nothing: {
    title: 'An extension left nothing of the event',
    means: 'A processor of an extension returned something that is no event.',
    who: 'An extension of this installation.',
    remedy: 'The log names the processor. Mend it, or take it out.',
  },
} as const satisfies Record<string, Cause>;
