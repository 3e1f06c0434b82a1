export { findToken } from './find-token.js';
export { DNT_MODES, IP_MODES, Project, ProjectLimits, ResourceLimits, type DntMode, type IpMode } from './project.js';
export { openDirectory } from './open-directory.js';
export { ProjectAdmission } from './project-admission.js';
export { PROJECT_SOURCES, ProjectDirectory, type DirectoryFacts, type ProjectSource } from './project-directory.js';
export { TokenConfig } from './token.config.js';
export { TokenGuard } from './token.guard.js';
export { TokenModule } from './token.module.js';
export { checkTokenShape, tokenText } from './token-shape.js';
