import type { Cause } from './cause.js';

/** Closer to the cause than the refusal or the drop under which it is counted. */
export const FINER_CAUSES = {
  personal_api_key: {
    title: 'A personal key was sent in place of the project key',
    means:
      'Keys that begin with phx_ are secrets of a user. Nothing was stored, and the key has been published to everybody who saw the request.',
    who: 'Copying the wrong one of two keys.',
    remedy: 'Use the project key, it begins with phc_. Revoke the personal key: whoever can open the page that sent it can read it.',
    hint: 'Use the project key, it begins with phc_',
  },
  placeholder_token: {
    title: 'The key is the placeholder of an example',
    means: 'The snippet was copied, and the key in it was not replaced. Nothing was stored.',
    who: 'Snippets of a tutorial, and builds in which a variable has its default.',
    remedy: 'Put the key of your project in its place. To try things out without a project, use phc_demo.',
    hint: 'Put the key of your project in its place; to try things out, use phc_demo',
  },
  timestamp_unreadable: {
    title: 'The time of the event cannot be read',
    means: 'The event was stored with the time of its arrival. In a historical import that is the wrong day, so the reply names it.',
    who: 'Exports with local dates, serial dates of spreadsheets, and times in text of a language.',
    remedy: 'Send "timestamp" as ISO 8601 with a time zone, for example 2027-01-31T12:00:00Z.',
  },
  compression_read_as_text: {
    title: 'A compressed body was read as text on its way',
    means: 'What came is gzip or zstd whose bytes were decoded as text and written as UTF-8. They cannot be restored. Nothing was stored.',
    who: "Proxies, serverless functions and body parsers that take every body for a string, and requests copied from a browser's network panel.",
    remedy: 'Let what lies in between pass bodies on as bytes (a Buffer, not a string), or switch compression off in the SDK.',
  },
  unknown_coding: {
    title: 'The body is in a coding that is not understood',
    means: 'A header or a parameter names a coding that the gateway does not know, and the body is no JSON as it is. Nothing was stored.',
    who: 'Clients and proxies that compress with lz4, snappy or compress.',
    remedy: 'Send gzip, zstd, br or deflate, with the Content-Encoding that names it, or JSON without compression.',
  },
} as const satisfies Record<string, Cause>;
