// Package cli holds the commands of the program (it: comandi): serve, migrate, demo, import, export, user, backup,
// restore, drill, move, doctor, version.
//
// Its rules: options come from flags, then the environment, then the file given with --config (see package
// config); every error ends in one line that says what to do; nothing personal is printed, but what a command
// is asked to write to a path, which it says. This is the edge of the program: the clock, the environment and the
// exit code are touched here.
//
// It decides nothing: each command calls services as the system, and the audit says which command.
package cli
