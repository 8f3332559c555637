// Package settings is the door of the settings of the network (it: le impostazioni della rete): short
// pages, each about one thing, where every setting says what it does and what holds without it.
//
// Its rules: only who may set up the network comes in; nothing typed is lost when it is refused; each
// change stands in the history with who made it; a page changes its own settings alone, so that two
// people on two pages do not undo each other.
//
// It holds no rule of a setting (package network does) and sends no message itself (package messages).
package settings
