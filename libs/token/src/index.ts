export { findToken } from './find-token.js';
export { TokenGuard } from './token.guard.js';
export { TokenModule } from './token.module.js';
export { checkTokenShape } from './token-shape.js';
