//! Pictures made here, published and decoded again.
