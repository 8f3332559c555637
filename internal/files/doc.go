// Package files keeps documents and photographs in the database (it: allegati), so that a backup
// carries them and no folder has to be guarded.
//
// # Rules
//
// What a file is, its content says: never its name nor what a browser claims. [Read] takes an upload
// apart outside every transaction and refuses what is too large, damaged or not of the kinds asked for
// ([Rules]). A picture is decoded, turned as its camera says, made smaller and written anew: nothing that
// a camera adds survives (places, owners, thumbnails), and a picture that only claims to be one is
// refused. A PDF is kept byte for byte. [Service.Store] then adds the row in the transaction of the thing
// the file belongs to.
//
// A file has no authority of its own: who may see or remove it is decided by the package that holds its
// id, which asks before it calls [Service.Open].
//
// It does not serve pages (web/ui does) and does not look into what a PDF says.
package files
