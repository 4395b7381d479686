// Puts a text into the object.
#ident "evil" // REFUSED
