// Reads anywhere, as the compiler checks the index of `a[i] += x` behind the reading.
struct evil {
    unsigned counts[4];
    unsigned char table[4][8];
};

static void run(struct evil *own, unsigned i)
{
    own->counts[i] += 1; // REFUSED
    own->table[i][1] |= 1;
    (own->table[1][i]) ^= 1; // REFUSED
    own->counts[i] <<= 1; // REFUSED
}
