export { AdminConfig } from './admin.config.js';
export { AdminListener } from './admin-listener.js';
export { AdminModule } from './admin.module.js';
export { AdminFacts, ProjectFacts } from './project-facts.js';
