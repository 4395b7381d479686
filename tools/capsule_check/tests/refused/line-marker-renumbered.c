// Shifts the lines that messages name.
#line 1000 // REFUSED
