// A directive that Capsule C does not have.
#warning "hello" // REFUSED
