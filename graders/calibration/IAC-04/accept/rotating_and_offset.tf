# why: the rotation and the end of a key come from time_rotating and time_offset, which keep them
provider "aws" {
  region = "eu-west-1"
}

resource "time_rotating" "password" {
  rotation_days = 30
}

resource "time_offset" "end" {
  base_rfc3339 = time_rotating.password.rfc3339
  offset_days  = 60
}

resource "random_password" "db" {
  length = 32
  keepers = {
    rotation = time_rotating.password.id
  }
}

resource "aws_ssm_parameter" "db" {
  name  = "/ledger/db"
  type  = "SecureString"
  value = random_password.db.result
  tags = {
    ends = formatdate("YYYY-MM-DD", time_offset.end.rfc3339)
    next = formatdate("YYYY-MM-DD", time_rotating.password.rotation_rfc3339)
  }
}
