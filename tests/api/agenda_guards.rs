//! What the database refuses by itself of agendas: sittings that go their own way, and what no motion of the right kind carries.
