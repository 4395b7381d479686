// A trigraph, which not every reader of C takes for a #.
??=define VALUE 1 // REFUSED
