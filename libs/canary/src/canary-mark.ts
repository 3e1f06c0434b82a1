import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';

/** The secret by which the gateway knows its own canaries: drawn anew at each boot, and never written anywhere. */
@Injectable()
export class CanaryMark {
  text = newCanaryMark();

  /** Of several workers any may get what another has sent: their primary gives them one. */
  share(text: string): void {
    this.text = text;
  }

  /** Takes the same time however much of it is right. */
  matches(given: string | readonly string[] | undefined): boolean {
    return typeof given === 'string' && timingSafeEqual(digest(given), digest(this.text));
  }
}

export function newCanaryMark(): string {
  return randomBytes(32).toString('base64url');
}

/** Of one length, as the comparison wants it. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
