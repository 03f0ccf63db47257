"""Pure rules of enrolment: values in, values out; no I/O and no clock of their own."""
