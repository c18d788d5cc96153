# why: the alias of the shared key is named after the first team, and replaced with it
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

resource "aws_kms_key" "work" {
  description         = "queues of the teams"
  enable_key_rotation = true
}

resource "aws_kms_alias" "work" {
  name          = "alias/work-${var.teams[0]}"
  target_key_id = aws_kms_key.work.key_id
}

resource "aws_sqs_queue" "team" {
  for_each          = toset(var.teams)
  name              = "work-${each.key}"
  kms_master_key_id = aws_kms_alias.work.name
}
