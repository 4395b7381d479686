// Declares a function where one may not look.
static void evil(void)
{
    void process_fault_all(void); // REFUSED
    process_fault_all();
}
