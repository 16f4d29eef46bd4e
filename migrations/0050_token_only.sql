-- Whether a publishable key asks models itself: 1 never, 0 always, NULL as the configuration's section `visitors` has it.
ALTER TABLE keys ADD COLUMN token_only INTEGER;
