//! Every rule of every scheme has its sentence, and what differs is told.
