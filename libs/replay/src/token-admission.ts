import type { RawEvent } from '@app/decoder';
import { CaptureError, Drop } from '@app/event';
import type { CaptureRequest } from '@app/capture';
import type { Admission } from '@app/pipeline';
import { checkTokenShape, tokenText, type ProjectAdmission } from '@app/token';

/** The token that a snapshot goes by, if it may be taken; else why not. */
export type AdmitToken = (raw: RawEvent) => string | Drop;

/**
 * Each token among a request's recordings is checked, and asked for its quota, for itself and once: players of several
 * projects may share a page. A batch's own token holds for all its events, as everywhere.
 */
export function admitTokens(request: CaptureRequest, projects: ProjectAdmission, admission: Admission): AdmitToken {
  const answers = new Map<string, string | Drop>();
  return (raw) => {
    const own = request.payload.token === undefined ? (raw.token ?? raw.properties.token) : undefined;
    const text = own === undefined ? request.token : tokenText(own);
    const known = answers.get(text);
    if (known !== undefined) return known;
    const answer = refusal(text, request, projects) ?? admission.quotaOf(text)?.check('$snapshot', false) ?? text;
    answers.set(text, answer);
    return answer;
  };
}

function refusal(token: string, request: CaptureRequest, projects: ProjectAdmission): Drop | undefined {
  // The guard has looked at this one.
  if (token === request.token) return undefined;
  try {
    projects.admit(checkTokenShape(token), request.origin);
    return undefined;
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    return new Drop(error.code, error.detail, error.code);
  }
}
