/**
 * Keeps one project from taking all the memory there is for requests under way: bytes in flight are counted per project
 * once its token is known. The pipeline owns the port; the quota room implements it.
 */
export abstract class FairShare {
  /** False when the project already holds its share: the request is to be sent again later, and nothing is counted. */
  abstract enter(token: string, bytes: number): boolean;

  /** Gives back what `enter` took. */
  abstract leave(token: string, bytes: number): void;
}
