/** Why a stack cannot start: a line for the person at the keyboard, not a bug. */
export class CannotStart extends Error {}
