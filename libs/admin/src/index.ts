export { AdminConfig } from './admin.config.js';
export { AdminListener } from './admin-listener.js';
export { AdminModule } from './admin.module.js';
export { adminServer, type AdminPage, type AdminServerOptions } from './admin-server.js';
export type { ProjectAnswers } from './project-answers.js';
export { AdminFacts, ProjectFacts } from './project-facts.js';
