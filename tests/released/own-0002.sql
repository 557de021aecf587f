BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE batch (
	id INTEGER NOT NULL, 
	made_on TEXT NOT NULL, 
	what TEXT NOT NULL, 
	source TEXT NOT NULL, 
	PRIMARY KEY (id)
)
 STRICT

;
CREATE TABLE own_llm (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	config TEXT NOT NULL, 
	PRIMARY KEY (id)
)
 STRICT

;
INSERT INTO "own_llm" VALUES('local:mine','Mine','{"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 128, "vocab_size": 1000, "max_position_embeddings": 2048, "torch_dtype": "bfloat16"}');
CREATE TABLE own_measurement (
	id INTEGER NOT NULL, 
	facts TEXT NOT NULL, 
	used INTEGER NOT NULL, 
	PRIMARY KEY (id)
)
 STRICT

;
INSERT INTO "own_measurement" VALUES(1,'{"program": "llama-bench", "file": "b.json", "line": 1, "engine": "llama.cpp CUDA", "model": "Test-Model-8B-Q4_K_M", "metric": "decode_tok_s_per_user", "value": 120.0, "precision": "Q4_K - Medium", "gpu": "NVIDIA gpu-24", "gpu_count": 1, "parallelism": "", "input_tokens": 0.0, "output_tokens": 128.0, "concurrency": 1.0, "deviation": 0.5, "notes": "GGUF 4.582 GiB, n_ubatch 512", "day": "2026-03-01", "layers": null}',1);
INSERT INTO "own_measurement" VALUES(2,'{"program": "llama-bench", "file": "b.json", "line": 2, "engine": "llama.cpp CUDA", "model": "Test-Model-8B-Q4_K_M", "metric": "prefill_tok_s", "value": 120.0, "precision": "Q4_K - Medium", "gpu": "NVIDIA gpu-24", "gpu_count": 1, "parallelism": "", "input_tokens": 512.0, "output_tokens": 0.0, "concurrency": 1.0, "deviation": 0.5, "notes": "GGUF 4.582 GiB, n_ubatch 512", "day": "2026-03-01", "layers": null}',1);
CREATE TABLE own_name (
	"key" TEXT NOT NULL, 
	part_id TEXT NOT NULL, 
	level INTEGER NOT NULL, 
	PRIMARY KEY ("key", part_id), 
	FOREIGN KEY(part_id) REFERENCES own_part (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "own_name" VALUES('userexampleown850','user:exampleown850',0);
INSERT INTO "own_name" VALUES('own850','user:exampleown850',0);
INSERT INTO "own_name" VALUES('exampleown850','user:exampleown850',0);
CREATE TABLE own_part (
	id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	shelf TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	facts TEXT NOT NULL, 
	batch_id INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(batch_id) REFERENCES batch (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "own_part" VALUES('user:exampleown850','psu','listed',1,'{"id":"user:exampleown850","kind":"psu","manufacturer":"Example","name":"Own 850","rated_w":850.0,"connectors":[["pcie_8pin",4]]}',NULL);
CREATE TABLE own_price (
	id INTEGER NOT NULL, 
	part_id TEXT NOT NULL, 
	amount TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	condition TEXT NOT NULL, 
	seller TEXT NOT NULL, 
	day TEXT NOT NULL, 
	source TEXT NOT NULL, 
	includes_tax INTEGER NOT NULL, 
	min_quantity INTEGER NOT NULL, 
	batch_id INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(batch_id) REFERENCES batch (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "own_price" VALUES(1,'user:exampleown850','899.50','CNY','new','retail','2026-03-01','invoice',1,1,NULL);
CREATE TABLE own_text (
	part_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	PRIMARY KEY (part_id), 
	FOREIGN KEY(part_id) REFERENCES own_part (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "own_text" VALUES('user:exampleown850','psu',1,' example own 850 user:exampleown850 | exampleown850');
CREATE TABLE replaced (
	batch_id INTEGER NOT NULL, 
	part_id TEXT NOT NULL, 
	"row" TEXT NOT NULL, 
	PRIMARY KEY (batch_id, part_id), 
	FOREIGN KEY(batch_id) REFERENCES batch (id) ON DELETE CASCADE
)
 STRICT

;
CREATE INDEX ix_own_part_kind ON own_part (kind);
CREATE INDEX ix_own_name_part_id ON own_name (part_id);
CREATE INDEX ix_own_price_part_id ON own_price (part_id);
CREATE INDEX ix_own_part_batch_id ON own_part (batch_id);
CREATE INDEX ix_own_price_batch_id ON own_price (batch_id);
COMMIT;
