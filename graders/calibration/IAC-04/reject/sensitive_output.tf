# why: an output hands on a sensitive value without saying so
provider "aws" {
  region = "eu-west-1"
}

resource "random_password" "db" {
  length = 24
}

output "password" {
  value = random_password.db.result
}
