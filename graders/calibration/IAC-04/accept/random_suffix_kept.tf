# why: a random suffix that is drawn once, and again only when the name changes
provider "aws" {
  region = "eu-west-1"
}

variable "project" {
  type    = string
  default = "ledger"
}

resource "random_id" "suffix" {
  byte_length = 4
  keepers = {
    project = var.project
  }
}

resource "aws_s3_bucket" "exports" {
  bucket = "acme-${var.project}-${random_id.suffix.hex}"
}
