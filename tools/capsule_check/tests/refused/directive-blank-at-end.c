// A backslash that one preprocessor joins lines at and another does not.
// REFUSED BELOW
#define VALUE 1 \ 

