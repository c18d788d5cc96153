# why: bcrypt salts anew in each run, so the parameter changes each time
provider "aws" {
  region = "eu-west-1"
}

resource "random_password" "admin" {
  length = 24
}

resource "aws_ssm_parameter" "admin_hash" {
  name  = "/ledger/admin-hash"
  type  = "SecureString"
  value = bcrypt(random_password.admin.result)
}
