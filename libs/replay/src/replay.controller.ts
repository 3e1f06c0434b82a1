import { CaptureController, CaptureEndpoint } from '@app/capture';

/**
 * Where SDKs send session recordings. It takes what the other routes take: a recording is told by its events, not by its
 * route, and an ordinary event that comes here goes to its own topic.
 */
@CaptureEndpoint('s')
export class ReplayController extends CaptureController {}
